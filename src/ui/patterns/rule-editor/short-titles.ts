/** A word that is a path: `encoder/layer.0/dense/Add`. */
const PATH = /\S*\/(?=[^/\s])/g
/** So many folders tell any two layers apart that are worth it. */
const MOST = 4

/** Titles that name layers by their last names, and by more of their paths where two would read the same. */
export function shortTitles(titles: readonly string[]): string[] {
  const shortened = (title: string, folders: number): string =>
    title.replace(PATH, (path) => {
      const parts = path.split('/').slice(0, -1)
      return parts
        .slice(parts.length - Math.min(folders, parts.length))
        .map((p) => `${p}/`)
        .join('')
    })
  return titles.map((title) => {
    const others = titles.filter((t) => t !== title)
    for (let folders = 0; folders < MOST; folders++) {
      const short = shortened(title, folders)
      if (others.every((t) => shortened(t, folders) !== short)) return short
    }
    return title
  })
}
