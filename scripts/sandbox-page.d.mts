import type { Plugin } from 'vite'
export function sandbox(): Plugin
export function sandboxPage(): Promise<string>
