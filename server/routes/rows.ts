import { Readable } from 'node:stream'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { RunId } from '@askfirst/protocol/ids.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import { parseFieldFilter } from '../rows/field-filter.ts'
import type { RowQuery } from '../rows/order-cache.ts'
import { chosen, cutRow } from '../rows/row-files.ts'
import type { RowService } from '../rows/row-service.ts'
import type { ParsedRow } from '../rows/scan-rows.ts'
import { parseRow } from '../rows/scan-rows.ts'
import type { RunService } from '../runs/run-service.ts'
import type { IndexedRow, RowFilter } from '../store/entities.ts'
import { actorOf } from '../users/caller.ts'
import { closed, orNull } from './fields.ts'

const ofRun = Type.Object({ id: RunId }, closed)
/** A path's parts are texts; the number is read in the handler. */
const ofRow = Type.Object({ id: RunId, n: Type.String({ pattern: '^\\d{1,9}$' }) }, closed)

/** Words separated by commas, e.g. `error,critical`. */
const Words = Type.String({ minLength: 1, maxLength: 1_024 })
const Field = '[A-Za-z][\\w.-]{0,63}'
const Condition = Type.String({ pattern: `^${Field}:(eq|ne|has|gt|lt):`, maxLength: 300 })
const filterFields = {
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  level: Type.Optional(Words),
  provider: Type.Optional(Words),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  /** Conditions on fields of the rows, e.g. `eventId:eq:41`; all must hold. */
  where: Type.Optional(Type.Union([Condition, Type.Array(Condition, { maxItems: 8 })])),
}
const orderFields = {
  /** `n`, `at`, `level`, `provider`, or a field of the rows. */
  sort: Type.Optional(Type.String({ pattern: `^${Field}$` })),
  order: Type.Optional(Type.Enum(['asc', 'desc'])),
}
/** Names of fields, separated by commas. */
const columns = Type.Optional(Type.String({ pattern: `^${Field}(,${Field}){0,63}$`, maxLength: 2_048 }))

const FilterQuery = Type.Object(filterFields, closed)
const HistogramQuery = Type.Object(
  { ...filterFields, buckets: Type.Integer({ minimum: 2, maximum: 500, default: 120 }) },
  closed,
)
const DownloadQuery = Type.Object(
  { ...filterFields, ...orderFields, columns, format: Type.Enum(['csv', 'ndjson']) },
  closed,
)
const RowsQuery = Type.Object(
  {
    ...filterFields,
    ...orderFields,
    columns,
    /** The cursor of the page before; rows come in the order of the run. Not with `offset`, `around`, `sort`, `order`, `where`. */
    after: Type.Optional(Type.String({ pattern: '^\\d{1,10}$' })),
    /** Place of the first row among those that the filter leaves; `total` comes with it. */
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 28 })),
    /** Number of a row: answers the page of `limit` rows that holds it. */
    around: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 28 })),
    /** Texts longer than this are cut, for lists with one line a row. */
    cut: Type.Optional(Type.Integer({ minimum: 16, maximum: 65_536 })),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  },
  closed,
)

const RowView = Type.Object({
  /** Number of the row in the run, from 0. */
  n: Count,
  at: orNull(Type.String()),
  level: orNull(Type.String()),
  provider: orNull(Type.String()),
  /** Any field name: a pattern for names would leave those with a line break out. */
  row: Type.Object({}, { additionalProperties: true }),
})
const Rows = Type.Object({
  items: Type.Array(RowView),
  /** Cursor of the next page in the order of the run; null at the end, and for pages by place. */
  next: orNull(Type.String()),
  /** Rows that the filter leaves, and the place of the first one here; null for pages by cursor. */
  total: orNull(Count),
  offset: orNull(Count),
})
const ValueCounts = Type.Array(Type.Object({ value: orNull(Type.String()), count: Count }))
const Facets = Type.Object({
  total: Count,
  levels: ValueCounts,
  providers: ValueCounts,
  firstAt: orNull(Type.String()),
  lastAt: orNull(Type.String()),
  /** The most frequent kinds of events; null when there are too many rows to count them. */
  kinds: orNull(Type.Array(Type.Object({ id: Type.String(), provider: orNull(Type.String()), count: Count }))),
})
const Times = Type.Object({
  bucketMs: Count,
  buckets: Type.Array(
    Type.Object({
      at: Type.String(),
      count: Count,
      bad: Count,
      warnings: Count,
      worst: orNull(Type.String()),
    }),
  ),
})

interface RowsOf {
  readonly runs: RunService
  readonly rows: RowService
}

/** `/api/runs/:id/rows`: pages by cursor or by place, counts, times, single rows and files. */
export function rowRoutes({ runs, rows }: RowsOf) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/runs/:id/rows',
      {
        config: { permission: 'run.read' },
        schema: {
          summary: 'Read rows of a run by filter',
          params: ofRun,
          querystring: RowsQuery,
          response: { 200: Rows },
        },
      },
      async (request) => answerRows({ runs, rows }, request.params.id, request.query),
    )

    app.get(
      '/api/runs/:id/rows/facets',
      {
        config: { permission: 'run.read' },
        schema: {
          summary: 'Count the rows of a run by level, provider and kind of event',
          params: ofRun,
          querystring: FilterQuery,
          response: { 200: Facets },
        },
      },
      async (request) => {
        const { kinds, levels, providers, ...counts } = await rows.facets(request.params.id, toQuery(request.query))
        return { ...counts, levels: [...levels], providers: [...providers], kinds: kinds === null ? null : [...kinds] }
      },
    )

    app.get(
      '/api/runs/:id/rows/histogram',
      {
        config: { permission: 'run.read' },
        schema: {
          summary: 'Count the rows of a run over time',
          params: ofRun,
          querystring: HistogramQuery,
          response: { 200: Times },
        },
      },
      async (request) => {
        const { bucketMs, buckets } = await rows.histogram(
          request.params.id,
          toQuery(request.query),
          request.query.buckets,
        )
        return { bucketMs, buckets: [...buckets] }
      },
    )
  }
}

/** `/api/runs/:id/rows/:n` and `/download`: rows as they are, one or all. */
export function rowFileRoutes({ rows }: Pick<RowsOf, 'rows'>) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/runs/:id/rows/:n',
      {
        config: { permission: 'run.read' },
        schema: { summary: 'Read one row of a run', params: ofRow, response: { 200: RowView } },
      },
      async (request) => rowView(await rows.row(request.params.id, Number(request.params.n)), {}),
    )

    app.get(
      '/api/runs/:id/rows/download',
      {
        config: { permission: 'run.read' },
        schema: {
          summary: 'Take the rows of a run along as a file',
          params: ofRun,
          querystring: DownloadQuery,
          response: {
            200: { content: { 'text/csv': { schema: file }, 'application/x-ndjson': { schema: file } } },
          },
        },
      },
      async (request, reply) => {
        const { format, columns: named } = request.query
        const { name, lines } = await rows.download(request.params.id, toQuery(request.query), {
          format,
          columns: named?.split(',') ?? null,
          actor: actorOf(callerOf(request).user),
        })
        return reply
          .header('content-disposition', `attachment; filename="${name}"`)
          .header('x-content-type-options', 'nosniff')
          .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
          .send(Readable.from(lines, { objectMode: false }))
      },
    )
  }
}

const file = Type.Unsafe<Readable>({ type: 'string' })

async function answerRows({ runs, rows }: RowsOf, id: Static<typeof RunId>, query: Static<typeof RowsQuery>) {
  const { after, offset, around, limit } = query
  const byPlace = [offset, around, query.sort, query.order, query.where].some((value) => value !== undefined)
  if (byPlace) {
    if (after !== undefined)
      throw new AskFirstError('INVALID_REQUEST', 'A cursor knows the order of the run only; use "offset" here.')
    const page = await rows.page(id, toQuery(query), { offset: offset ?? 0, limit, around: around ?? null })
    return {
      items: page.rows.map((row) => rowView(row, query)),
      next: null,
      total: page.total,
      offset: page.offset,
    }
  }
  const page = await runs.rows(id, toFilter(query), { after: after === undefined ? -1 : Number(after), limit })
  const next = page.length < limit ? null : String(page.at(-1)?.n ?? '')
  return { items: page.map((row) => rowView(parsed(row), query)), next, total: null, offset: null }
}

function toQuery(
  query: Static<typeof FilterQuery> & { readonly sort?: string; readonly order?: 'asc' | 'desc' },
): RowQuery {
  const where = query.where === undefined ? [] : [query.where].flat()
  return {
    filter: toFilter(query),
    where: where.map(parseFieldFilter),
    sort: query.sort ?? 'n',
    descending: query.order === 'desc',
  }
}

function toFilter(query: Static<typeof FilterQuery>): RowFilter {
  const { q, level, provider, from, to } = query
  return {
    ...(q === undefined ? {} : { q }),
    ...(level === undefined ? {} : { levels: words(level) }),
    ...(provider === undefined ? {} : { providers: words(provider) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
}

function words(text: string): readonly string[] {
  return text.split(',').filter((word) => word !== '')
}

function parsed({ json, ...row }: IndexedRow): ParsedRow {
  return { ...row, row: parseRow(json) }
}

function rowView(
  { n, at, level, provider, row }: ParsedRow,
  show: { readonly columns?: string; readonly cut?: number },
) {
  const shown = show.columns === undefined ? row : chosen(row, show.columns.split(','))
  return { n, at, level, provider, row: show.cut === undefined ? { ...shown } : cutRow(shown, show.cut) }
}
