import type { ActionTable } from './action-row'
import { connectionActions } from './connection-actions'
import { factorActions } from './factor-actions'
import { findingActions } from './finding-actions'
import { keyActions } from './key-actions'
import { passkeyActions } from './passkey-actions'
import { peopleActions } from './people-actions'
import { settingActions } from './setting-actions'

/** Every server action with its targets and expected answers. */
export const actionTable: ActionTable = {
  ...findingActions,
  ...settingActions,
  ...connectionActions,
  ...keyActions,
  ...peopleActions,
  ...factorActions,
  ...passkeyActions,
}
