/**
 * The scripts as one file of JavaScript that k6 reads as it is: what is mounted from a cluster has no folders. Newer
 * syntax than that of 2017 includes some that k6 cannot read.
 */
export async function bundle(script: string): Promise<string> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [script],
    bundle: true,
    format: 'esm',
    target: 'es2017',
    external: ['k6', 'k6/*'],
    charset: 'utf8',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles.map(({ text }) => text).join('')
}
