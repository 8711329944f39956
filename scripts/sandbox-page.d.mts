import type { Plugin } from 'vite'
export function sandbox(): Plugin
export function sandboxPage(name: 'sandbox.html' | 'interpreter.html'): Promise<string>
export function guestText(): Promise<string>
