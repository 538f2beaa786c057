// Studio's pages.
export {};
