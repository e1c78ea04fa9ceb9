import { Provider } from '@react-spectrum/s2/Provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { type NavigateOptions, Outlet, RouterProvider, useHref, useNavigate } from 'react-router';
import { Problem } from './api/problem.ts';
import { LocaleProvider, useLocale } from './intl/locale.tsx';
import { componentLocales } from './intl/messages.ts';
import { makeRouter } from './routes.tsx';
import { useTheme } from './shell/theme.ts';
import { useToastsNeeded } from './ui/toasts.ts';

declare module '@react-spectrum/s2' {
  interface RouterConfig {
    routerOptions: NavigateOptions;
  }
}

const ToastContainer = lazy(async () => ({
  default: (await import('@react-spectrum/s2/Toast')).ToastContainer,
}));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one; only what may pass by itself is tried again.
      retry: (failures, error) => failures < 2 && error instanceof Problem && isPassing(error),
      staleTime: 5_000,
    },
  },
});

function isPassing({ status }: Problem): boolean {
  return status === 0 || status === 503;
}

const router = makeRouter(<Root />, queries);

/** The console. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Suspense>
        <LocaleProvider>
          <RouterProvider router={router} />
        </LocaleProvider>
      </Suspense>
    </QueryClientProvider>
  );
}

/** What surrounds every screen: the design system, in the user's language and theme, and messages that pass by. */
function Root() {
  return (
    <Spectrum>
      <Outlet />
      <Suspense>{useToastsNeeded() && <ToastContainer placement="bottom" />}</Suspense>
    </Spectrum>
  );
}

function Spectrum({ children }: { children: ReactNode }) {
  const { locale } = useLocale();
  const theme = useTheme();
  const navigate = useNavigate();
  return (
    <Provider
      locale={componentLocales[locale]}
      router={{ navigate: (path, options) => void navigate(path, options), useHref }}
      {...(theme !== 'system' && { colorScheme: theme })}
    >
      {children}
    </Provider>
  );
}
