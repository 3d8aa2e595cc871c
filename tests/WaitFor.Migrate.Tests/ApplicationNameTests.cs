using Npgsql;
using WaitFor.Migrate.Envelope;

namespace WaitFor.Migrate.Tests;

/// <summary>Where migrate exec puts the name of a tool's connections: into URLs and connection strings, and into nothing else.</summary>
public sealed class ApplicationNameTests
{
    private const string Name = "migrate exec in public: r1";
    private const string Escaped = "migrate%20exec%20in%20public%3A%20r1";

    [Theory]
    // pgjdbc reads no PGAPPNAME.
    [InlineData("jdbc:postgresql://db:5432/shop", "jdbc:postgresql://db:5432/shop?ApplicationName=" + Escaped)]
    [InlineData("jdbc:postgresql:shop", "jdbc:postgresql:shop?ApplicationName=" + Escaped)]
    [InlineData("jdbc:postgresql://db/shop?", "jdbc:postgresql://db/shop?ApplicationName=" + Escaped)]
    [InlineData("jdbc:postgresql://db/shop?user=u&ssl=true", "jdbc:postgresql://db/shop?user=u&ssl=true&ApplicationName=" + Escaped)]
    [InlineData("jdbc:postgresql://db/shop?ApplicationName=x&user=u", "jdbc:postgresql://db/shop?ApplicationName=" + Escaped + "&user=u")]
    [InlineData("jdbc:aws-wrapper:postgresql://db/shop", "jdbc:aws-wrapper:postgresql://db/shop?ApplicationName=" + Escaped)]
    [InlineData("--url=jdbc:postgresql://db/shop", "--url=jdbc:postgresql://db/shop?ApplicationName=" + Escaped)]
    [InlineData("-Dspring.datasource.url=jdbc:postgresql:shop", "-Dspring.datasource.url=jdbc:postgresql:shop?ApplicationName=" + Escaped)]
    // A name of libpq's kind is replaced; where there is none, PGAPPNAME is enough.
    [InlineData("postgres://u:p@db/shop?application_name=x", "postgres://u:p@db/shop?application_name=" + Escaped)]
    [InlineData("postgresql://db/shop?a=1&application_name=x&b=2", "postgresql://db/shop?a=1&application_name=" + Escaped + "&b=2")]
    [InlineData("postgresql+psycopg2://db/shop?application_name=x", "postgresql+psycopg2://db/shop?application_name=" + Escaped)]
    [InlineData("--url=postgres://db/shop?application_name=x", "--url=postgres://db/shop?application_name=" + Escaped)]
    [InlineData("postgres://u:p@db/shop?sslmode=require", "postgres://u:p@db/shop?sslmode=require")]
    [InlineData("postgres://u:p@db/shop", "postgres://u:p@db/shop")]
    [InlineData("postgresql+asyncpg://db/shop", "postgresql+asyncpg://db/shop")]
    // Npgsql reads no PGAPPNAME.
    [InlineData("Host=db;Database=shop", "Host=db;Database=shop;Application Name=\"" + Name + "\"")]
    [InlineData("Server=db; Database=shop; ", "Server=db; Database=shop;Application Name=\"" + Name + "\"")]
    [InlineData("--connection=Host=db;Database=shop", "--connection=Host=db;Database=shop;Application Name=\"" + Name + "\"")]
    // Anything else is left alone.
    [InlineData("jdbc:mysql://db/shop", "jdbc:mysql://db/shop")]
    [InlineData("mysql://db/shop?application_name=x", "mysql://db/shop?application_name=x")]
    [InlineData("https://host/path?application_name=x", "https://host/path?application_name=x")]
    [InlineData("echo jdbc:postgresql://db/shop", "echo jdbc:postgresql://db/shop")]
    [InlineData("server=db; exec migrate --database=$database", "server=db; exec migrate --database=$database")]
    [InlineData("Host=db", "Host=db")]
    [InlineData("-v", "-v")]
    [InlineData("", "")]
    public void A_value_or_argument(string text, string expected) => Assert.Equal(expected, ApplicationName.PutInto(text, Name));

    [Theory]
    [InlineData("jdbc:postgresql://db/shop?ssl=true", "jdbc:postgresql://db/shop?ssl=true")]
    [InlineData("jdbc:postgresql:shop", "jdbc:postgresql:shop")]
    [InlineData("jdbc:postgresql:shop?ApplicationName=x&ssl=true", "jdbc:postgresql:shop?ApplicationName=" + Escaped + "&ssl=true")]
    [InlineData("postgres://db/shop?application_name=x", "postgres://db/shop?application_name=" + Escaped)]
    [InlineData("Host=db;Database=shop", "Host=db;Database=shop;Application Name=\"" + Name + "\"")]
    public void DATABASE_URL_gets_no_parameter_that_it_does_not_have(string text, string expected) =>
        Assert.Equal(expected, ApplicationName.PutInto(text, Name, adds: false));

    [Fact]
    public void The_driver_takes_it_from_a_connection_string_that_has_one()
    {
        const string name = "in \"a;b\": r1";
        var builder = new NpgsqlConnectionStringBuilder(ApplicationName.PutInto("Host=db;Application Name=own;Database=shop", name));

        Assert.Equal((name, "db", "shop"), (builder.ApplicationName, builder.Host, builder.Database));
    }
}
