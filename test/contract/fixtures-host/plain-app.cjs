const { app } = require('@azure/functions');

app.get('plain', (request) => ({ body: `hello ${request.query.get('name')}` }));
