export { markupAttribute, markupText } from './markup.ts';
export { type BuiltPage, type PageContent, pageParts } from './page.ts';
