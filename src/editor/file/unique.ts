/** A name that nothing else in the storage has, in this tab or another. */
export const unique = (): string => `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`
