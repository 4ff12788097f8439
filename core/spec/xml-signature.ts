import { document } from './document.ts'

export const xmlSignature = document(
  'xml-signature',
  'XML Signature Syntax and Processing (Second Edition)',
  'https://www.w3.org/TR/2008/REC-xmldsig-core-20080610/',
  {
    coreGeneration: ['3.1', 'MUST', 'digests what it refers to and signs SignedInfo, so that both verify'],
  },
)
