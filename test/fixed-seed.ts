import { configureGlobal } from 'fast-check'

configureGlobal({ seed: 20_250_101 })
