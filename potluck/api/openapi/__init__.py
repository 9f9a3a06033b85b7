"""The OpenAPI documents: what FastAPI reads off the routes, completed by what the edge adds.

Imported when somebody asks for a document, not when the service starts.
"""
