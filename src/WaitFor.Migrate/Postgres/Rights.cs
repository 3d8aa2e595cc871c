using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Which permission is missing where the server denies something (SQLSTATE 42501), and the statement that grants it. The server
/// names the object only in its message.
/// <see href="https://www.postgresql.org/docs/current/sql-grant.html"/></summary>
internal static class Rights
{
    private const string Denied = "permission denied for ";
    private const string OwnerOf = "must be owner of ";
    private const string SetRole = "permission denied to set role \"";

    /// <summary>Objects as the server calls them, the longest names first, with what is granted on them.</summary>
    private static readonly (string Kind, string Privileges, string Object)[] Objects =
    [
        ("foreign-data wrapper ", "USAGE", "FOREIGN DATA WRAPPER"),
        ("materialized view ", "SELECT", "TABLE"),
        ("foreign server ", "USAGE", "FOREIGN SERVER"),
        ("foreign table ", "SELECT, INSERT, UPDATE, DELETE", "TABLE"),
        ("tablespace ", "CREATE", "TABLESPACE"),
        ("procedure ", "EXECUTE", "PROCEDURE"),
        ("parameter ", "SET", "PARAMETER"),
        ("database ", "CREATE", "DATABASE"),
        ("sequence ", "USAGE, SELECT, UPDATE", "SEQUENCE"),
        ("function ", "EXECUTE", "FUNCTION"),
        ("language ", "USAGE", "LANGUAGE"),
        ("domain ", "USAGE", "DOMAIN"),
        ("schema ", "USAGE, CREATE", "SCHEMA"),
        ("table ", "SELECT, INSERT, UPDATE, DELETE", "TABLE"),
        ("type ", "USAGE", "TYPE"),
        ("view ", "SELECT", "TABLE"),
    ];

    /// <summary>What to do about it.</summary>
    /// <param name="message">The server's message.</param>
    /// <param name="role">The role that was denied; null where it is not known.</param>
    public static string Advice(string message, string? role)
    {
        var grantee = role is null ? "the migration's user" : Name(role);
        if (message.StartsWith(Denied, StringComparison.Ordinal))
        {
            var rest = message[Denied.Length..];
            foreach (var (kind, privileges, name) in Objects)
            {
                if (rest.StartsWith(kind, StringComparison.Ordinal))
                    return $"as its owner, run: GRANT {privileges} ON {name} {Name(rest[kind.Length..])} TO {grantee}";
            }
        }

        if (message.StartsWith(OwnerOf, StringComparison.Ordinal))
            return $"only the owner of {message[OwnerOf.Length..]} can do this: run the migration as its owner, or grant the owner's role "
                + $"to {grantee} (GRANT owner TO {grantee})";
        if (message.StartsWith(SetRole, StringComparison.Ordinal))
            return $"run: GRANT {Name(message[SetRole.Length..].TrimEnd('"'))} TO {grantee}";
        return $"{grantee} does not have this permission: grant it, or let a role that has it run this statement";
    }

    /// <summary>The role that a statement runs as: what the last SET ROLE or SET SESSION AUTHORIZATION before it says; null where that
    /// cannot be seen.
    /// <see href="https://www.postgresql.org/docs/current/sql-set-session-authorization.html"/></summary>
    public static string? RoleAt(Script script, Statement? statement, string login)
    {
        string? session = login;
        var role = session;
        foreach (var before in script.Statements.TakeWhile(before => before != statement))
        {
            var tokens = new Tokens(before.Text);
            var resets = tokens.Take("reset");
            if (!resets && !tokens.Take("set"))
                continue;
            // SESSION alone says how long it holds; SESSION AUTHORIZATION may follow it.
            _ = tokens.Take("local") || tokens.Take("session");
            var isRole = tokens.Take("role");
            if (!isRole)
            {
                _ = tokens.Take("session");
                if (!tokens.Take("authorization"))
                    continue;
            }

            // A literal cannot be seen.
            var name = resets ? "default" : tokens.Name();
            if (!isRole)
                session = name == "default" ? login : name;
            role = isRole && name is not ("none" or "default") ? name : session;
        }

        return role;
    }

    private static string Name(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(unit => unit is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')
            ? name
            : Identifier.Quote(name);
}
