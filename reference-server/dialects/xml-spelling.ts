import type { XmlElement } from '../saml/xml.ts'

/** The same elements under other prefixes; '' makes a namespace the default one. */
export function renamed(root: XmlElement, prefixes: Readonly<Record<string, string>>): XmlElement {
  const [prefix = '', name = ''] = root.name.split(':')
  const other = prefixes[prefix] ?? prefix
  return {
    ...root,
    name: other === '' ? name : `${other}:${name}`,
    children: root.children.map((child) => (typeof child === 'string' ? child : renamed(child, prefixes))),
  }
}

/** The same elements one to a line. A signature gets none of its own: what is left without it must be what was digested. */
export function spaced(root: XmlElement): XmlElement {
  if (root.children.some((child) => typeof child === 'string')) return root
  const lines = root.children.flatMap((child): readonly (XmlElement | string)[] => {
    if (typeof child === 'string') return [child]
    return child.name === 'ds:Signature' ? [spaced(child)] : ['\n', spaced(child)]
  })
  return { ...root, children: lines.length === 0 ? lines : [...lines, '\n'] }
}
