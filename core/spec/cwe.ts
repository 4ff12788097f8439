import { document } from './document.ts'

/** Weaknesses of servers of any kind, which documents about protocols leave out, each as what a server without it does. */
export const cwe = document('cwe', 'Common Weakness Enumeration', 'https://cwe.mitre.org/', {
  failuresHandled: ['248', 'STATES', 'answers whatever it is sent, and fails itself over none of it'],
  workInProportion: ['407', 'STATES', 'takes no longer over what it is sent than in proportion to its length'],
})
