# A product whose users sign in with Sinatra, and are handed over.
require "cgi"
require "sinatra/base"
require_relative "hand_over"

class Product < Sinatra::Base
  use Rack::Session::Cookie, key: "harbour", secret: ENV.fetch("SESSION_SECRET") * 2
  use HandOver
  set :server, "webrick"
  set :bind, "127.0.0.1"
  set :port, ENV.fetch("PORT").to_i

  get "/sign-in" do
    %(<form method="post"><input name="email"><input name="password"><input type="hidden" name="next" value="#{CGI.escapeHTML(params["next"].to_s)}"></form>)
  end

  post "/sign-in" do
    email = params["email"]
    session["user"] = { "id" => "harbour:#{email}", "email" => email, "name" => "Zoë O’Hara & Söner", "since" => Time.now.to_i }
    redirect params["next"], 303
  end
end

Product.run!
