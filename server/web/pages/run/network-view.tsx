import type { RowItem } from '../../api/runs.ts'
import { Badge } from '../../ui/badge.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { bytesText } from '../../ui/words.tsx'
import styles from './cards.module.css'
import { Facts } from './facts.tsx'
import type { ViewProps } from './run-page.tsx'
import { useAllRows } from './use-run.ts'
import { emptyText, fieldTitle, numberField, textField, timeText } from './words.ts'

type Row = RowItem['row']
/** Connections and routes drawn at once; the table has them all. */
const MOST_CARDS = 100
const MOST_ROUTES = 200

/** The machine's network: connections with their addresses, name servers, routes. */
export function NetworkView({ run }: ViewProps) {
  const { rows, isDone, error } = useAllRows(run)
  if (!isDone && rows.length === 0) return <Loading what="Loading the network" />
  const part = (name: string) => rows.map(({ row }) => row).filter((row) => row.part === name)
  const [hosts, addresses, routes, dns] = [part('host'), part('address'), part('route'), part('dns')]
  const interfaces = part('interface').toSorted((left, right) => rank(left) - rank(right))
  return (
    <>
      <Problem error={error} />
      {rows.length === 0 ? <Empty title="No network">{emptyText(run, false)}</Empty> : null}
      <div className={styles.cards}>
        {hosts.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no key of their own and only grow at the end.
          <Host key={at} row={row} />
        ))}
        {interfaces.slice(0, MOST_CARDS).map((row, at) => (
          <Interface
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            key={at}
            row={row}
            addresses={addresses.filter((address) => address.interface === row.interface)}
          />
        ))}
        {dns.length === 0 ? null : <Dns rows={dns} />}
      </div>
      {routes.length === 0 ? null : <Routes rows={routes} />}
    </>
  )
}

/** Connected first, the machine's own loop last. */
function rank(row: Row): number {
  if (row.type === 'loopback') return 3
  return row.link === 'up' ? 0 : 1
}

function Host({ row }: { readonly row: Row }) {
  return (
    <section className={styles.card}>
      <h2>This computer</h2>
      <Facts
        facts={[
          ['Name', textField(row, 'hostName')],
          ['Domain', textField(row, 'domain')],
          ['Passes packets on', row.forwarding === true ? 'yes' : row.forwarding === false ? 'no' : ''],
        ]}
      />
    </section>
  )
}

function Interface({ row, addresses }: { readonly row: Row; readonly addresses: readonly Row[] }) {
  const bytes = (name: string) => (typeof row[name] === 'number' ? bytesText(row[name]) : '')
  const faults = ['receiveErrors', 'sendErrors', 'receiveDropped', 'sendDropped', 'collisions']
    .filter((name) => (numberField(row, name) ?? 0) > 0)
    .map((name) => `${fieldTitle(name)}: ${numberField(row, name)?.toLocaleString('en')}`)
  return (
    <section className={styles.card}>
      <h2>
        {textField(row, 'interface')} <Link row={row} />
        {row.type === undefined ? null : <Badge>{textField(row, 'type')}</Badge>}
      </h2>
      {addresses.length === 0 ? null : (
        <ul className={styles.list} aria-label="Addresses">
          {addresses.slice(0, MOST_CARDS).map((address, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <li key={at}>
              <code>
                {textField(address, 'address')}/{textField(address, 'prefixLength')}
              </code>{' '}
              <span className={styles.soft}>
                {[address.origin, address.scope].filter((word) => typeof word === 'string').join(', ')}
              </span>{' '}
              {address.addressState === 'duplicate' ? <Badge tone="bad">used by another device too</Badge> : null}
            </li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          ['What it is', textField(row, 'description')],
          ['Hardware address', textField(row, 'macAddress')],
          [
            'Speed',
            typeof row.speedMbps === 'number'
              ? `${row.speedMbps.toLocaleString('en')} Mbit/s ${textField(row, 'duplex')}`
              : '',
          ],
          ['Largest packet', textField(row, 'mtu')],
          [
            'Address by DHCP',
            row.dhcp === true ? `yes ${textField(row, 'dhcpServer')}` : row.dhcp === false ? 'no' : '',
          ],
          ['Lease until', timeText(textField(row, 'leaseExpiresAt'))],
          ['Profile', textField(row, 'networkProfile')],
          ['Reaches', textField(row, 'reach')],
          ['Received', bytes('receivedBytes')],
          ['Sent', bytes('sentBytes')],
          ['Faults', faults.join(', ')],
          ['Driver', textField(row, 'driver')],
          ['Part of', textField(row, 'parent')],
        ]}
      />
    </section>
  )
}

function Link({ row }: { readonly row: Row }) {
  if (row.enabled === false) return <Badge>switched off</Badge>
  if (row.link === 'up') return <Badge tone="good">connected</Badge>
  return row.link === 'down' ? <Badge tone="warn">no link</Badge> : <Badge>link unknown</Badge>
}

function Dns({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <section className={styles.card}>
      <h2>Name servers</h2>
      <ul className={styles.list}>
        {rows.slice(0, MOST_CARDS).map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <li key={at}>
            <code>{textField(row, 'server')}</code>{' '}
            <span className={styles.soft}>
              {textField(row, 'interface')} {textField(row, 'forDomain')}
              {Array.isArray(row.searchDomains) ? ` searches ${row.searchDomains.join(', ')}` : ''}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Routes({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <section>
      <h2 className={styles.day}>Routes</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={styles.tableBox} tabIndex={0} aria-label="Routes">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">To</th>
              <th scope="col">Over</th>
              <th scope="col">Connection</th>
              <th scope="col">Metric</th>
              <th scope="col">Set by</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROUTES).map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above.
              <tr key={at}>
                <td>{textField(row, 'destination')}</td>
                <td>{textField(row, 'gateway') || 'directly'}</td>
                <td>{textField(row, 'interface')}</td>
                <td>{textField(row, 'metric')}</td>
                <td>{textField(row, 'setBy')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > MOST_ROUTES ? <p>The table shows all {rows.length.toLocaleString('en')} routes.</p> : null}
    </section>
  )
}
