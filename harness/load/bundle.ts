/**
 * A script with all that it imports, as one file of JavaScript that k6 reads as it is: what is mounted from a cluster has
 * no folders, and k6 looks up by name, each time it is used, what one module has of another. Syntax that k6 cannot read
 * is written as it can.
 */
export async function bundle(script: string): Promise<string> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [script],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    supported: { 'async-generator': false, 'for-await': false },
    external: ['k6', 'k6/*'],
    charset: 'utf8',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles.map(({ text }) => text).join('')
}
