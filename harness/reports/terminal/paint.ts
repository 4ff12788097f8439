import { styleText } from 'node:util'

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim'

/** Puts text into a colour, or leaves it as it is. */
export type Paint = (colour: Colour | readonly Colour[], text: string) => string

/** Paints only where a person watches and does not mind: https://no-color.org. */
export function painter(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): Paint {
  const isPlain = !isTerminal || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
  if (isPlain) return (_, text) => text
  return (colour, text) => styleText(typeof colour === 'string' ? colour : [...colour], text, { validateStream: false })
}
