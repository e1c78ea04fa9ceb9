import type { QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createBrowserRouter, type LoaderFunctionArgs, type RouteObject, redirect } from 'react-router';
import { apisQuery } from './api/apis.ts';
import { applicationQuery, applicationsQuery } from './api/applications.ts';
import { identityProvidersQuery } from './api/identity-providers.ts';
import { instanceQuery } from './api/instance.ts';
import { LaterWords } from './intl/later-words.tsx';
import { Shell } from './shell/shell.tsx';
import { RouteError } from './ui/route-error.tsx';

/**
 * The console's addresses. Each screen is a part of the build of its own, fetched when somebody goes there; what it
 * shows first is asked for at the same moment.
 * @param root surrounds every screen
 */
export function makeRouter(root: ReactNode, queries: QueryClient) {
  const prefetch =
    (ask: (args: LoaderFunctionArgs) => Parameters<QueryClient['prefetchQuery']>[0]) =>
    (args: LoaderFunctionArgs) => {
      void queries.prefetchQuery(ask(args));
      return null;
    };

  const screens: RouteObject[] = [
    { index: true, loader: () => redirect('/applications') },
    {
      path: 'applications',
      loader: prefetch(() => applicationsQuery as never),
      lazy: () => import('./applications/list/page.tsx'),
    },
    {
      path: 'applications/:id',
      loader: prefetch(({ params }) => applicationQuery(params['id'] ?? '') as never),
      lazy: () => import('./applications/application/page.tsx'),
      children: [
        { index: true, loader: ({ params }) => redirect(`/applications/${params['id']}/settings`) },
        { path: 'settings', lazy: () => import('./applications/settings/page.tsx') },
        { path: 'credentials', lazy: () => import('./applications/credentials/page.tsx') },
        { path: 'connect', lazy: () => import('./applications/connect/page.tsx') },
        {
          element: <LaterWords />,
          children: [{ path: 'try', lazy: () => import('./applications/try/page.tsx') }],
        },
        { path: 'users', lazy: () => import('./applications/users/page.tsx') },
        { path: 'activity', lazy: () => import('./applications/activity/page.tsx') },
      ],
    },
    {
      element: <LaterWords />,
      children: [
        // Where the authorization server sends the browser back to in a trial of an application's flow.
        { path: 'try', lazy: () => import('./applications/try/return.tsx') },
        {
          path: 'identity-providers',
          loader: prefetch(() => identityProvidersQuery as never),
          lazy: () => import('./identity-providers/page.tsx'),
        },
        { path: 'identity-providers/:id', lazy: () => import('./identity-providers/provider.tsx') },
        {
          path: 'apis',
          loader: prefetch(() => apisQuery as never),
          lazy: () => import('./apis/page.tsx'),
        },
        {
          path: 'apis/:id',
          loader: prefetch(() => apisQuery as never),
          lazy: () => import('./apis/api.tsx'),
        },
      ],
    },
    { path: 'users', lazy: () => import('./users/page.tsx') },
    { path: 'users/:id', lazy: () => import('./users/user.tsx') },
    { path: 'audit-log', lazy: () => import('./audit/page.tsx') },
    {
      path: 'instance',
      loader: prefetch(() => instanceQuery as never),
      lazy: () => import('./instance/page.tsx'),
    },
    { path: '*', lazy: () => import('./shell/not-found.tsx') },
  ];

  return createBrowserRouter(
    [
      {
        element: root,
        HydrateFallback: () => null,
        children: [
          {
            element: <Shell />,
            children: [{ errorElement: <RouteError />, children: screens }],
          },
        ],
      },
    ],
    { basename: '/console' },
  );
}
