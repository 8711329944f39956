/** What stands under a name that a person gave, which may be `constructor`; undefined for nothing. */
export const ownValue = <T>(of: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined
