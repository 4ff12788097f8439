#!/usr/bin/env node
import { existsSync } from 'node:fs'

// Published, the commands are compiled and lie beside this file; in a checkout they are TypeScript.
const compiled = new URL('main.js', import.meta.url)
if (!existsSync(compiled)) (await import('tsx/esm/api')).register()
const { main } = await import(existsSync(compiled) ? compiled.href : new URL('main.ts', import.meta.url).href)
process.exitCode = await main(process.argv.slice(2))
