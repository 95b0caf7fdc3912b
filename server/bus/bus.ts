/** What happened, by ids only: who wants to know more reads the store (so that nothing leaks through the bus). */
export interface BusEvent {
  /** `ticket/<id>`, `device/<id>`, `queue`, `reports`, `timers` */
  readonly topic: string
  /** `log`, `request`, `run`, `rows`, `finding`, `ticket`, `device`, `report`, `message`, `attachment`, `timer`, `method` */
  readonly kind: string
  /** Id of the thing that changed. */
  readonly id: string
  /** Position in the ticket's log, or row count of the run, where the kind has one. */
  readonly seq?: number
}

/** Live updates between the parts of a node, later between nodes. Delivery is at most once; readers catch up by position. */
export interface Bus {
  publish(event: BusEvent): void
  /** Subscribes to a topic, or to all with `*`; the function returned ends it. A handler never throws into `publish`. */
  subscribe(topic: string, handler: (event: BusEvent) => void): () => void
  close(): Promise<void>
}
