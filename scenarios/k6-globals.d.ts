/** What k6 has at run time and `@types/k6` does not declare. It has no `URL`, `fetch`, `btoa` or `structuredClone`. */
declare const console: Readonly<Record<'log' | 'warn' | 'error', (...values: readonly unknown[]) => void>>
declare function open(path: string): string
