import type { ComponentType } from 'react'
import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { useSession } from '../../api/session.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Empty } from '../../ui/notice.tsx'
import styles from './admin.module.css'
import { Audit } from './audit.tsx'
import { Codes } from './codes.tsx'
import { Devices } from './devices.tsx'
import { Health } from './health.tsx'
import { People } from './people.tsx'
import { Sessions } from './sessions.tsx'
import { Settings } from './settings.tsx'
import { Users } from './users.tsx'

interface Section {
  readonly path: string
  readonly label: string
  readonly permission: string
  readonly Part: ComponentType
}

const SECTIONS: readonly Section[] = [
  { path: '/admin/users', label: 'Users', permission: 'user.manage', Part: Users },
  { path: '/admin/sessions', label: 'Sessions', permission: 'user.manage', Part: Sessions },
  { path: '/admin/devices', label: 'Devices', permission: 'device.manage', Part: Devices },
  { path: '/admin/codes', label: 'Enrolment codes', permission: 'enrolment.manage', Part: Codes },
  { path: '/admin/audit', label: 'Audit log', permission: 'audit.read', Part: Audit },
  { path: '/admin/people', label: 'People’s data', permission: 'people.read', Part: People },
  { path: '/admin/settings', label: 'Settings', permission: 'settings.manage', Part: Settings },
  { path: '/admin/health', label: 'Health', permission: 'metrics.read', Part: Health },
]

/** The admin's desk: what this person may do of it, each part under an address of its own. */
export function Admin() {
  const { permissions } = useSession()
  const [location] = useLocation()
  const shown = SECTIONS.filter(({ permission }) => permissions.includes(permission))
  const [first] = shown
  return (
    <div className={styles.desk}>
      <nav className={styles.menu} aria-label="Admin">
        {shown.map(({ path, label }) => (
          <Link key={path} href={path} {...(location === path ? { 'aria-current': 'page' as const } : {})}>
            {label}
          </Link>
        ))}
      </nav>
      <div className={styles.part}>
        <Switch>
          {shown.map(({ path, Part }) => (
            <Route key={path} path={path} component={Part} />
          ))}
          {location === '/admin' && first !== undefined ? <Redirect to={first.path} replace /> : null}
          <Route>
            <PageTitle title="Admin" />
            <Empty title="There is nothing here for you">
              Your role has no such page. Ask an admin if you need it.
            </Empty>
          </Route>
        </Switch>
      </div>
    </div>
  )
}
