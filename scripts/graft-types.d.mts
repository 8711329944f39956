import type { Plugin } from 'vite'

export function graftTypes(): Plugin
