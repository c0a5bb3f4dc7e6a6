/** Who makes a call. */
export interface Principal {
  account: string
  arn: string
  userId: string
  /** Calls that prepare a test: they are not counted, denied, limited or disturbed. */
  isSetUp: boolean
}

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

interface Issued {
  principal: Principal
  token: string | null
  until: Date | null
}

/** The credentials that were handed out, and whose they are. Signatures are not verified. */
export class CredentialStore {
  readonly #issued = new Map<string, Issued>()

  /** Long-lived keys of a user, or of a principal that prepares a test. */
  forUser(account: string, name: string, isSetUp = false): Credentials {
    const arn = name === 'root' ? `arn:aws:iam::${account}:root` : `arn:aws:iam::${account}:user/${name}`
    return this.#issue({ account, arn, userId: `AIDA${name.toUpperCase()}`, isSetUp }, 'AKIA', null)
  }

  /** Temporary credentials of a session of a role. */
  forSession(account: string, role: string, session: string, until: Date): Credentials {
    const arn = `arn:aws:sts::${account}:assumed-role/${role}/${session}`
    return this.#issue({ account, arn, userId: `AROA${role.toUpperCase()}:${session}`, isSetUp: false }, 'ASIA', until)
  }

  find(accessKeyId: string): Issued | null {
    return this.#issued.get(accessKeyId) ?? null
  }

  #issue(principal: Principal, prefix: string, until: Date | null): Credentials {
    const number = this.#issued.size + 1
    const accessKeyId = `${prefix}EMULATOR${String(number).padStart(8, '0')}`
    const sessionToken = until ? `emulated-session-${number}` : null
    this.#issued.set(accessKeyId, { principal, token: sessionToken, until })
    const keys = { accessKeyId, secretAccessKey: `emulated-secret-${number}` }
    return { ...keys, ...(sessionToken ? { sessionToken } : {}), ...(until ? { expiration: until } : {}) }
  }
}
