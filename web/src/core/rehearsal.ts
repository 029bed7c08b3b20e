// The shadow that a rehearsal plays on is called P--r1, and no other project has "--" in its name: so a page knows what it shows before
// it has read anything.
export const rehearsedBy = (project: string): string => (project.includes('--') ? project.slice(0, project.indexOf('--')) : '')
