const command = /^ {2}npm run -s hinomi -- (\S+)(?: (\S+))?/

/** The part of the help that is about the command of the arguments; all of it where they name none. */
export function helpOf(help: string, [name, action]: readonly string[]): string {
  const [title, ...lines] = help.split('\n')
  const blocks: { words: readonly (string | undefined)[]; lines: string[] }[] = []
  for (const line of lines) {
    const words = command.exec(line)?.slice(1)
    if (words) blocks.push({ words, lines: [line] })
    else blocks.at(-1)?.lines.push(line)
  }
  const ofName = blocks.filter(({ words }) => words[0] === name)
  if (ofName.length === 0) return help
  const ofAction = ofName.filter(({ words }) => words[1] === action)
  return [title, ...(ofAction.length > 0 ? ofAction : ofName).flatMap(block => block.lines)].join('\n')
}
