/** One command of a document: a line of a block of `sh`. */
export interface ShellCommand {
  readonly text: string
  /** What it ends with; the document says so in a comment where it is not 0. */
  readonly exitCode: number
}

/** The commands of a document's blocks of `sh`, in their order. */
export const shellCommandsIn = (markdown: string): readonly ShellCommand[] =>
  [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .flatMap(([, lines = '']) => lines.split('\n'))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [text = '', comment = ''] = line.split(/\s+#\s+/)
      return { text, exitCode: Number(/^exit code (\d)/.exec(comment)?.[1] ?? 0) }
    })

/** Its simple commands, each in words. The documents quote nothing. */
export const simpleCommandsOf = ({ text }: Pick<ShellCommand, 'text'>): readonly (readonly string[])[] =>
  text.split(' && ').map((command) => command.trim().split(/\s+/))
