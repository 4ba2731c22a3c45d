//! The growth plan: so far how far goals were reached on ladders written before the work. The plan itself comes here.

pub mod attainment;
