import { pythonTool } from './python'

/** Installs the tools of requirements.txt, if that has not been done yet. */
await pythonTool('python')
