export function findChromium(): string
export const chromiumArguments: readonly string[]
