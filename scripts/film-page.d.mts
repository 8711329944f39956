import type { Plugin } from 'vite'

export function filmPage(): Plugin
