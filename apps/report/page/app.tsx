import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatCount } from './bits.tsx';
import { CheckPage, Checks } from './checks.tsx';
import { ComparisonPage } from './comparison.tsx';
import { Compliance, FrameworkPage } from './compliance.tsx';
import { PageContext } from './context.ts';
import { FindingPage, Findings } from './findings.tsx';
import type { Model } from './model.ts';
import { Notices } from './notices.tsx';
import { Overview } from './overview.tsx';
import { href, parseRoute, type Query, type Route, type View } from './route.ts';
import { timeText } from './run.tsx';

export function App({ model, printing }: { model: Model; printing: boolean }) {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  const shown = useRef('');
  // Not behind the first frame, as an effect would be: on a busy machine a link may be followed before it.
  useLayoutEffect(() => {
    const follow = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const narrow = (query: Query) => {
    const hash = href(route.view, route.id, query);
    try {
      history.replaceState(null, '', hash);
    } catch {
      // A page inside a sandbox may have no history of its own; the list is narrowed all the same.
    }
    setRoute(parseRoute(hash));
  };
  const page = `${route.view}=${route.id}`;
  useLayoutEffect(() => {
    const title = document.getElementById('title');
    document.title = `${title?.textContent ?? ''} – ${model.data.title}`;
    // A reader who followed a link is led to the new heading; a linked control takes the focus itself.
    if (shown.current !== '' && shown.current !== page && route.view !== 'control') {
      scrollTo(0, 0);
      title?.focus({ preventScroll: true });
    }
    shown.current = page;
  }, [page, model, route.view]);
  return (
    <PageContext.Provider value={{ model, route, printing, narrow }}>
      <Frame model={model} route={route}>
        <Content route={route} />
      </Frame>
    </PageContext.Provider>
  );
}

function Content({ route }: { route: Route }) {
  switch (route.view) {
    case 'findings':
      return <Findings />;
    case 'finding':
      return <FindingPage key={route.id} />;
    case 'checks':
      return <Checks />;
    case 'check':
      return <CheckPage key={route.id} />;
    case 'compliance':
      return <Compliance />;
    case 'framework':
    case 'control':
      return <FrameworkPage />;
    case 'not-judged':
      return <Notices />;
    case 'comparison':
      return <ComparisonPage />;
    case 'overview':
      return <Overview />;
  }
}

function Frame({ model, route, children }: { model: Model; route: Route; children: ComponentChildren }) {
  const { tool, time, frameworks, notices, comparison } = model.data;
  const active = model.size - model.columns.suppressed.length;
  // No link: what stands behind # in the address is the route.
  const skip = () => document.getElementById('title')?.focus();
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <header class="top">
        <p class="brand">
          <strong>{tool.name}</strong> {tool.version} <span class="muted">{timeText(time)}</span>
        </p>
        <nav aria-label="Report">
          <ul>
            <Tab view="overview" route={route} name="Overview" />
            <Tab view="findings" route={route} name="Findings" count={active} />
            <Tab view="checks" also={['check']} route={route} name="Checks" />
            {frameworks.length === 0 ? null : (
              <Tab view="compliance" also={['framework', 'control']} route={route} name="Compliance" />
            )}
            {comparison === undefined ? null : <Tab view="comparison" route={route} name="Comparison" />}
            <Tab view="not-judged" route={route} name="Not judged" count={notices.length} />
          </ul>
        </nav>
      </header>
      <main>{children}</main>
      <footer>
        <p>
          Written by {tool.name} {tool.version}. This file loads nothing and sends nothing.
        </p>
      </footer>
    </>
  );
}

interface TabProps {
  view: View;
  also?: readonly View[];
  route: Route;
  name: string;
  count?: number;
}

function Tab({ view, also = [], route, name, count }: TabProps) {
  const isCurrent = route.view === view || also.includes(route.view);
  return (
    <li>
      <a href={href(view)} {...(isCurrent ? { 'aria-current': route.view === view ? 'page' : 'true' } : {})}>
        {name}
        {count === undefined ? null : <span class="number"> {formatCount(count)}</span>}
      </a>
    </li>
  );
}
