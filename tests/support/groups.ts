import { groupFindings } from '../../lib/queries/findings/groups/groups'

type Asked = Parameters<typeof groupFindings>

/** The first page of groups. */
export async function firstGroups(access: Asked[0], filter: Asked[1], by: Asked[2], sort?: Asked[4]) {
  return (await groupFindings(access, filter, by, null, sort)).rows
}
