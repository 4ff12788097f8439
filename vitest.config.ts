import { defineConfig } from 'vitest/config'

const matrix = 'test/end-to-end/matrix.test.ts'

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    silent: 'passed-only',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    setupFiles: ['test/fixed-seed.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/end-to-end/**'] },
      },
      {
        // Whole commands, each with servers and browsers of its own, after all others.
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          exclude: [matrix],
          testTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // It takes all cores, for as long as all the rest.
        extends: true,
        test: { name: 'matrix', include: [matrix], sequence: { groupOrder: 2 } },
      },
    ],
  },
})
