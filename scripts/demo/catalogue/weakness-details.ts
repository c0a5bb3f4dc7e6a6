/** What Inspector says about a weakness beyond its text. Scores and vectors are those of https://nvd.nist.gov. */
export interface WeaknessDetails {
  score: number
  vector: string
  /** Probability of exploitation, from 0 to 1. */
  epss: number
  exploit: boolean
  fixed: string
  command: string
}

const dnf = (name: string) => `dnf update ${name}`

export const weaknessDetails: Readonly<Record<string, WeaknessDetails>> = {
  'CVE-2024-6387': {
    score: 8.1,
    vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H',
    epss: 0.35,
    exploit: true,
    fixed: '8.7p1-8.amzn2023.0.11',
    command: dnf('openssh-server'),
  },
  'CVE-2023-4911': {
    score: 7.8,
    vector: 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H',
    epss: 0.62,
    exploit: true,
    fixed: '2.34-52.amzn2023.0.7',
    command: dnf('glibc'),
  },
  'CVE-2023-44487': {
    score: 7.5,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
    epss: 0.94,
    exploit: true,
    fixed: '1.24.0-1.amzn2023.0.1',
    command: dnf('nginx'),
  },
  'CVE-2021-44228': {
    score: 10,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H',
    epss: 0.94,
    exploit: true,
    fixed: '2.15.0',
    command: 'mvn versions:use-dep-version -Dincludes=org.apache.logging.log4j -DdepVersion=2.15.0',
  },
  'CVE-2021-45046': {
    score: 9,
    vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H',
    epss: 0.94,
    exploit: true,
    fixed: '2.16.0',
    command: 'mvn versions:use-dep-version -Dincludes=org.apache.logging.log4j -DdepVersion=2.16.0',
  },
  'CVE-2022-0778': {
    score: 7.5,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
    epss: 0.08,
    exploit: false,
    fixed: '1.0.2k-24.amzn2.0.2',
    command: 'yum update openssl-libs',
  },
  'CVE-2023-0286': {
    score: 7.4,
    vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:H',
    epss: 0.02,
    exploit: false,
    fixed: '1.0.2k-24.amzn2.0.6',
    command: 'yum update openssl-libs',
  },
  'CVE-2023-38545': {
    score: 9.8,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    epss: 0.26,
    exploit: true,
    fixed: '8.3.0-1.amzn2023.0.2',
    command: dnf('curl'),
  },
  'CVE-2024-2398': {
    score: 7.5,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
    epss: 0.01,
    exploit: false,
    fixed: '8.5.0-1.amzn2023.0.3',
    command: dnf('curl'),
  },
  'CVE-2022-40674': {
    score: 8.1,
    vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H',
    epss: 0.02,
    exploit: false,
    fixed: '2.2.10-8+deb11u1',
    command: 'apt-get update && apt-get install --only-upgrade libexpat1',
  },
  'CVE-2023-26136': {
    score: 6.5,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N',
    epss: 0.01,
    exploit: false,
    fixed: '4.1.3',
    command: 'npm install tough-cookie@4.1.3',
  },
}
