import type { Plugin } from 'vite'
export function ruleGuide(): Plugin
