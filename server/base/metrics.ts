import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What an operator watches, in the Prometheus text format. Labels are routes and names, never IDs or input. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Counter({
    name: 'postern_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });
  readonly duration = new Histogram({
    name: 'postern_http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['route'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  readonly tokens = new Counter({
    name: 'postern_token_requests_total',
    help: 'Requests to the token endpoints by grant type and outcome (ok, or the OAuth error)',
    labelNames: ['grant_type', 'outcome'],
    registers: [this.registry],
  });

  readonly limited = new Counter({
    name: 'postern_limited_requests_total',
    help: 'Requests turned away (429) by the limit that did it: sign-ins, and clients that failed too often',
    labelNames: ['limit'],
    registers: [this.registry],
  });

  /** Adds the process's own: CPU, memory, event loop. Once a process, since they watch all of it. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry, prefix: 'postern_' });
  }
}
