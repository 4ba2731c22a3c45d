//! SVG charts, each with its table of numbers.
