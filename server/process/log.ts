import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

/**
 * The log: JSON lines on standard output. Requests are never logged with their URL, headers or body, and errors
 * only by the fields below, since a driver's error can hold the values of a statement.
 * @param write where the lines go instead, for tests
 */
export function createLog(level: LogLevel, write?: (line: string) => void): Logger {
  const options = {
    level,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: { err: describeError, error: describeError },
  };
  return write ? pino(options, { write }) : pino(options, pino.destination({ fd: 1, sync: true }));
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return 'not an error object';
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    name,
    message,
    stack,
    ...(typeof code === 'string' && { code }),
    ...(cause instanceof Error && { cause: describeError(cause) }),
  };
}
