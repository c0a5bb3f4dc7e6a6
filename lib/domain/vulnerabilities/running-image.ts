import { type Command, fillCommand, isKnown } from '../commands/command'
import commands from './commands.json'

/**
 * The command that lists the clusters, tasks and pods that run a container image: findings name only their number. Null
 * for other resources. https://docs.aws.amazon.com/inspector/v2/APIReference/API_GetClustersForImage.html
 */
export function clustersCommand({ resourceId, region }: { resourceId: string; region: string }): Command | null {
  const values = { imageArn: resourceId, region }
  return isKnown(commands.clustersOfImage, values) ? fillCommand(commands.clustersOfImage, values) : null
}
