const visitor = undefined;
document.title = visitor.plan.title;
