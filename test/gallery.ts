/** Ids of the models that the gallery has as files, in its order. */
import { readFileSync } from 'node:fs'

const index = JSON.parse(readFileSync('public/models/index.json', 'utf8')) as readonly { readonly id: string }[]

export const GALLERY: readonly string[] = index.map((entry) => entry.id)
