"""How every page looks: skeleton, form components, styles, scripts, the build of them at install.

Words: a *page* extends `ui/page.html`; a *component* is a template tag of `{% load ui %}`; an *asset* is a built
style, script or picture under /assets/. Promises: valid HTML, no inline script or style, works without JavaScript,
WCAG 2.2 AA, an error page that needs neither database nor session. Names no other part: navigation is found in
`<part>/navigation.py`.
"""
