"""Nothing secret leaves the client by a way that nobody asked for."""
