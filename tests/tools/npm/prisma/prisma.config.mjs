// Prisma Migrate without its native schema engine, which is in no registry: the engine of the npm package, over the driver pg.
import { PrismaPg } from '@prisma/adapter-pg';

// The engine reads columns of the type name (OID 19) from the catalogs; the adapter (6.19.3) knows text (25) alone.
const [NAME, TEXT] = [19, 25];

class Adapter extends PrismaPg {
    async connect() {
        const connection = await super.connect();
        const send = connection.performIO.bind(connection);
        connection.performIO = async query => {
            const result = await send(query);
            for (const field of result.fields.filter(field => field.dataTypeID === NAME)) field.dataTypeID = TEXT;
            return result;
        };
        return connection;
    }
}

export default {
    engine: 'js',
    experimental: { adapter: true },
    schema: 'schema.prisma',
    migrations: { path: process.env.MIGRATIONS },
    adapter: async () => new Adapter({ connectionString: process.env.DATABASE_URL }),
};
