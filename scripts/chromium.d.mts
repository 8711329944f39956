export function findChromium(): string
export const chromiumArguments: readonly string[]
export const quickStart: string
