import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Names that the browser under test finds at this machine, as an attacker's name server would say. */
export const EVIL_NAME = 'evil.example'
export const REBOUND_NAME = 'rebound.example'
export const EVIL_SWITCHES = [`--host-resolver-rules=MAP ${EVIL_NAME} 127.0.0.1, MAP ${REBOUND_NAME} 127.0.0.1`]

/** A site of an attacker: an empty page without any policy of its own, and a list of what browsers asked it for. */
export class EvilSite {
  readonly asked: string[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer(({ url = '' }, response) => {
      this.asked.push(url)
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>evil</title><body></body>')
    })
  }

  static async start(): Promise<EvilSite> {
    const site = new EvilSite()
    site.#server.listen(0, '127.0.0.1')
    await once(site.#server, 'listening')
    return site
  }

  get port(): number {
    // It listens on a port, so this is no path of a pipe.
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
