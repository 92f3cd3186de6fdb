console.error("Failed to load recommendations: unexpected token in response");
