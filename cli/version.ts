import { readFileSync } from 'node:fs'

/** The version of this package, from the manifest that lies beside the code, compiled or not. */
export const version: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }
).version
