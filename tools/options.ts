import { parseArgs, type ParseArgsConfig } from 'node:util'

/** What a script was asked for. Where that is not among its options it says which there are, and ends. */
export function optionsOf<Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    const known = Object.entries(options).map(([name, { type }]) => `--${name}${type === 'string' ? ' <…>' : ''}`)
    console.error(
      `${error instanceof Error ? error.message : String(error)}; what can be asked for: ${known.join(', ')}`,
    )
    process.exit(3)
  }
}
